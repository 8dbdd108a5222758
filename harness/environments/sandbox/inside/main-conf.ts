import { readFileSync } from 'node:fs'
import type { SiteOnHost } from '../../site-on-host.ts'
import { INSIDE } from '../protocol.ts'

const TEMPORARY = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'] as const

/**
 * The nginx.conf around the site file. Its `http { }` says as little as the model assumes. Every connection is logged at level
 * `debug`, whatever level the site asks for (ngx_core_module, debug_connection).
 * @param ofHttp the directives that the site itself sets there: nginx takes none of them twice
 */
export function mainConf({ site, ofHttp }: Pick<SiteOnHost, 'site' | 'ofHttp'>): string {
  const defaults: [name: string, value: string][] = [
    ...TEMPORARY.map((name): [string, string] => [`${name}_temp_path`, `/run/chain/nginx/${name}`]),
    ['rewrite_log', 'on'],
  ]
  return [
    'daemon off;',
    'worker_processes 1;',
    // Other users do not exist in a user namespace that maps one.
    ...(inUserNamespace() ? ['user root;'] : []),
    `error_log ${INSIDE.errorLog} debug;`,
    'pid /run/chain/nginx.pid;',
    'events { debug_connection 0.0.0.0/0; debug_connection ::/0; }',
    'http {',
    ...defaults.filter(([name]) => !ofHttp.includes(name)).map(([name, value]) => `${name} ${value};`),
    'access_log off;',
    `include ${site};`,
    '}',
  ].join('\n')
}

/** The first user namespace maps every id to itself (user_namespaces(7)). */
function inUserNamespace(): boolean {
  return !/^\s*0\s+0\s+4294967295\s*$/.test(readFileSync('/proc/self/uid_map', 'utf8'))
}
