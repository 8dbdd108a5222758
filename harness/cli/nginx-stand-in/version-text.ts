/** What the model knows of modules that are not built without being asked for. */
const MODULES: readonly string[] = [
  'addition',
  'auth_request',
  'gunzip',
  'gzip_static',
  'random_index',
  'realip',
  'secure_link',
  'slice',
  'stub_status',
  'sub',
]

/** `nginx -v`, `nginx -V` */
export function versionText(version: string, long: boolean): string {
  const short = `nginx version: nginx/${version}\n`
  if (!long) return short
  const args = MODULES.map((name) => `--with-http_${name}_module`).join(' ')
  return `${short}built as a model: chain stands in for nginx\nconfigure arguments: ${args}\n`
}
