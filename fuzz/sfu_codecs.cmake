parvis_fuzz(sfu_codecs sfu_codecs.cpp parvis_engine_sfu)
