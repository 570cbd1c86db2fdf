"""The lock tells its holder that somebody waits, and lets him in."""

import threading

from nbkit.widgets.locks import PoliteLock


def test_a_holder_that_takes_it_again_and_again_lets_others_in():
    lock, entered, rounds = PoliteLock(), threading.Event(), 0

    def other():
        with lock:
            entered.set()

    thread = threading.Thread(target=other)
    with lock:
        thread.start()
        while not lock.wanted:
            pass
        with lock:  # re-entrant: the holder itself never waits
            rounds += 1
    while not entered.is_set():
        lock.give_way()
        with lock:
            rounds += 1
    thread.join()
    assert rounds == 2 and not lock.wanted


def test_it_can_be_asked_without_waiting():
    lock, answers = PoliteLock(), []
    with lock:
        thread = threading.Thread(target=lambda: answers.append(lock.acquire(blocking=False)))
        thread.start(), thread.join()
        assert lock.acquire(blocking=False)
        lock.release()
    assert answers == [False]


def test_a_holder_is_told_that_somebody_waits():
    lock, told = PoliteLock(), threading.Event()
    lock.asked = told.set
    with lock:
        thread = threading.Thread(target=lambda: lock.acquire() and lock.release())
        thread.start()
        assert told.wait(10)
    thread.join()
