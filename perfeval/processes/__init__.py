"""Processes with limits and threads beside the requests: nothing else starts one."""
