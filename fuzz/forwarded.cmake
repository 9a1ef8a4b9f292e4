parvis_fuzz(forwarded forwarded.cpp parvis_proto)
