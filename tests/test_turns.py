"""The lock tells its holder that somebody waits, and lets him in."""

import threading

from nbkit.turns import Turns


def test_a_holder_that_takes_it_again_and_again_lets_others_in():
    lock, entered, rounds = Turns(), threading.Event(), 0

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
    with lock:
        rounds += 1
        assert entered.is_set() and not lock.wanted
    thread.join()
    assert rounds == 2


def test_a_holder_passes_it_on_in_the_midst_of_its_work():
    lock, entered = Turns(), threading.Event()

    def other():
        with lock:
            entered.set()

    thread = threading.Thread(target=other)
    with lock:
        lock.pass_on()  # nobody waits
        thread.start()
        while not lock.wanted:
            pass
        with lock:
            lock.pass_on()
            assert not entered.is_set(), "who has taken it twice keeps it"
        lock.pass_on()
        assert entered.is_set()
    thread.join()


def test_a_holder_is_told_that_somebody_waits():
    lock, told = Turns(), threading.Event()
    lock.asked = told.set

    def other():
        with lock:
            pass

    with lock:
        assert not told.is_set()
        thread = threading.Thread(target=other)
        thread.start()
        assert told.wait(10)
    thread.join()


def test_threads_have_it_in_the_order_in_which_they_ask():
    lock, came, threads = Turns(), [], []

    def other(number):
        with lock:
            came.append(number)

    with lock:
        for number in range(5):
            threads.append(threading.Thread(target=other, args=(number,)))
            threads[-1].start()
            while len(lock._waiting) <= number:
                pass
    for thread in threads:
        thread.join()
    assert came == list(range(5))


def test_who_is_interrupted_while_he_waits_leaves_it_to_the_others():
    lock, ended = Turns(), []

    def interrupted():
        raise KeyboardInterrupt

    def other():
        try:
            with lock:
                ended.append("held")
        except KeyboardInterrupt:
            ended.append("interrupted")

    for asked in (interrupted, None):
        lock.asked = asked
        with lock:
            thread = threading.Thread(target=other)
            thread.start()
            while not lock.wanted and not ended:
                pass
        thread.join()
    assert ended == ["interrupted", "held"] and not lock.wanted
