parvis_fuzz(crdt_sync crdt_sync.cpp parvis_engine_crdt)
