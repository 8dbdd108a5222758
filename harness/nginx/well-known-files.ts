import { Source } from '../diagnostics/source.ts'

/**
 * Files that Debian's package nginx-common puts into /etc/nginx, by their path in there. The tables of other protocols and of MIME
 * types are left empty: they set nothing that the model reads.
 */
const FILES: Readonly<Record<string, string>> = {
  proxy_params: `proxy_set_header Host $host;
proxy_set_header X-Real-IP $remote_addr;
proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;
proxy_set_header X-Forwarded-Proto $scheme;
`,
  'mime.types': '',
  fastcgi_params: '',
  'fastcgi.conf': '',
  uwsgi_params: '',
  scgi_params: '',
  'koi-utf': '',
  'koi-win': '',
  'win-utf': '',
}

/** A file of /etc/nginx that every Debian has; undefined for any other. */
export function wellKnownFile(path: string): Source | undefined {
  const text = Object.hasOwn(FILES, path) ? FILES[path] : undefined
  return text === undefined ? undefined : new Source(`/etc/nginx/${path}`, text)
}
