"""Jobs that start warm: forked from one process that has imported the libraries already.

Most jobs of this workflow import for seconds and compute for tenths of a second. The workflow
starts one server beside itself (`start`, `server`); a job's command hands its work over to a fork
of the server and waits for it (`client`, `fork`). Where anything is amiss before the work has
begun, the command does it itself, as without a server: warm jobs are faster, never different.

- The server has imported libraries, and of this package what jobs need where that is a run's own
  copy. Else a fork imports the package afresh, so that an edit is never missed.
- It loads every library with one thread, because pools of threads do not survive a fork. A job
  that wants more threads runs by itself.
- Who loses the other side ends: the server with the workflow, the work with its command.
"""
