"""Steering a server and its worlds: plain typed functions, without HTTP.

`control/` puts JSON around them. Each coroutine waits until the world is free, and lets everything
happen that is due. All raise `Refusal` with the code that the control plane answers.
"""
