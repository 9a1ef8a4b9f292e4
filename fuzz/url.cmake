parvis_fuzz(url url.cpp parvis_proto)
