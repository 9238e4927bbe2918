"""Work that outlives a call: a durable queue that runs `workflows.tasks.HANDLERS`."""
