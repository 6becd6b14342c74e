# Sourced by the scripts in bin/, with $root set to the checkout. It starts one `find` and no Node, because every call of
# every script pays for it. Deleted and renamed files count too: they make their directory newer.
node=$root/.tools/bin/node

is_fresh() {
  [ -x "$node" ] && [ -e "$root/node_modules/.package-lock.json" ] && [ -e "$root/dist/main.js" ] &&
    [ -z "$(find "$root/src" "$root/package.json" "$root/package-lock.json" "$root/.npmrc" "$root/tsconfig.json" \
      "$root/tools/build.ts" "$root/tools/page" "$root/web/src" "$root/web/index.html" "$root/web/vite.config.ts" "$root/bin/setup" -newer "$root/dist/.built" 2>&1)" ]
}
