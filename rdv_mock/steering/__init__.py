"""What can be done to a server and its worlds: plain functions, typed, without HTTP.

`control/` puts JSON around them. Each function waits by itself until the world is free, lets happen
what is due, and raises `Refusal` with the code that the control plane answers.
"""
