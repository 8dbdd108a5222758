import { readFileSync } from 'node:fs'
import { INSIDE } from '../protocol.ts'

/**
 * The nginx.conf around the site file. Its `http { }` says as little as the model assumes. Every connection is logged at level
 * `debug`, whatever level the site asks for (ngx_core_module, debug_connection).
 */
export function mainConf(site: string): string {
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map(
    (name) => `${name}_temp_path /run/chain/nginx/${name};`,
  )
  return [
    'daemon off;',
    'worker_processes 1;',
    // Other users do not exist in a user namespace that maps one.
    ...(inUserNamespace() ? ['user root;'] : []),
    `error_log ${INSIDE.errorLog} debug;`,
    'pid /run/chain/nginx.pid;',
    'events { debug_connection 0.0.0.0/0; debug_connection ::/0; }',
    'http {',
    ...temporary,
    'access_log off;',
    'rewrite_log on;',
    `include ${site};`,
    '}',
  ].join('\n')
}

/** The first user namespace maps every id to itself (user_namespaces(7)). */
function inUserNamespace(): boolean {
  return !/^\s*0\s+0\s+4294967295\s*$/.test(readFileSync('/proc/self/uid_map', 'utf8'))
}
