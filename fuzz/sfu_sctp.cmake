parvis_fuzz(sfu_sctp sfu_sctp.cpp parvis_engine_sfu)
