"""What is begun to be interrupted must hear the signal."""

#: Begin a program with these in front of it: whoever runs the tests in the background has Ctrl-C ignored in all that
#: they start.
HEARS_SIGNALS = ("/usr/bin/env", "--default-signal=INT,TERM,HUP")
