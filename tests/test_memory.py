import gc

from rdv_mock import serving


def test_what_a_server_stands_on_is_never_walked_through_again_in_search_of_garbage() -> None:
    threshold = gc.get_threshold()
    gc.disable()
    try:
        serving.settle_memory()

        assert gc.isenabled()
        assert gc.get_freeze_count() > 0
    finally:
        gc.enable()
        gc.unfreeze()
        gc.set_threshold(*threshold)
