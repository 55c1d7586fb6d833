import gc

from rdv_mock import memory


def test_what_a_server_stands_on_is_never_walked_through_again_in_search_of_garbage() -> None:
    threshold = gc.get_threshold()
    gc.disable()
    try:
        memory.finish_start()

        assert gc.isenabled()
        assert gc.get_freeze_count() > 0
    finally:
        gc.enable()
        gc.unfreeze()
        gc.set_threshold(*threshold)


def test_what_a_start_imports_is_left_out_of_all_later_searches() -> None:
    before = gc.get_freeze_count()
    try:
        with memory.quiet_start():
            assert not gc.isenabled()

        assert gc.isenabled()
        assert gc.get_freeze_count() > before
    finally:
        gc.unfreeze()


def test_searches_stay_small_until_the_last_worker_is_done() -> None:
    before = gc.get_threshold()
    with memory.small_searches():
        with memory.small_searches():
            pass
        assert gc.get_threshold() == (before[0], memory.OFTEN, memory.RARELY)

    assert gc.get_threshold() == before
