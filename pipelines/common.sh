# SPDX-License-Identifier: LGPL-2.1-or-later
# Read by the other scripts: takes the plugin, the model and the tools from the
# build folder ($BUILD, by default build) where there is one, or as installed.

root=$(cd "$(dirname "$0")/.." && pwd)
build=${BUILD:-$root/build}

if [ -e "$build/gst/libgstsiamban.so" ]; then
  export GST_PLUGIN_PATH="$build/gst${GST_PLUGIN_PATH:+:$GST_PLUGIN_PATH}"
  export SIAMBAN_DATA_DIR="$root/data"
  export PATH="$build/tools/track:$build/pipelines:$PATH"
fi

# arguments COUNT USAGE ARGUMENT...
arguments() {
  most=$1
  usage=$2
  shift 2
  case ${1-} in
    -h | --help) printf '%s\n' "$usage"; exit 0 ;;
  esac
  if [ $# -gt "$most" ]; then
    printf '%s\n' "$usage" >&2
    exit 2
  fi
}
