"""The production server's settings; the environment variables are described in README.md."""

import os

host = os.environ.get("HOST", "127.0.0.1")
bind = f"[{host}]:{os.environ.get('PORT', '8000')}" if ":" in host else f"{host}:{os.environ.get('PORT', '8000')}"

# Two processes outlive a crash of one; threads wait for the database and for slow clients.
workers = int(os.environ.get("WEB_CONCURRENCY", "2"))
worker_class = "gthread"
threads = int(os.environ.get("WEB_THREADS", "8"))
# The code is loaded once and shared by the workers: a faster start and less memory.
preload_app = True
# A large PDF or workbook may take its time; a stop waits for what is running.
timeout = 120
graceful_timeout = 30
# Heartbeats go to memory: a slow disk must not look like a hung worker.
worker_tmp_dir = "/dev/shm"  # noqa: S108
control_socket_disable = True
proc_name = "harmony"
# X-Forwarded-* is believed from a proxy on this machine only, or as FORWARDED_ALLOW_IPS says.
