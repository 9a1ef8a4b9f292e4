parvis_fuzz(multipart multipart.cpp parvis_proto)
