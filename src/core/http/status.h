#pragma once
// The HTTP status of an error: one table for every door.
#include "base/error.h"

namespace parvis::http {

int status_of(const Error& error);

}  // namespace parvis::http
