parvis_fuzz(sfu_sdp sfu_sdp.cpp parvis_engine_sfu)
