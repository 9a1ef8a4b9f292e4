parvis_fuzz(http1_head http1_head.cpp parvis_proto)
