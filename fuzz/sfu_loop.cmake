parvis_fuzz(sfu_loop sfu_loop.cpp parvis_engine_sfu)
