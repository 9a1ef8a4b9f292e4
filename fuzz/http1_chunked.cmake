parvis_fuzz(http1_chunked http1_chunked.cpp parvis_proto)
