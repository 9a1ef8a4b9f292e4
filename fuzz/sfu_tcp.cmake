parvis_fuzz(sfu_tcp sfu_tcp.cpp parvis_engine_sfu)
