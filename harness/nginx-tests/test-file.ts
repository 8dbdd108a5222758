import { readFileSync } from 'node:fs'
import path from 'node:path'

/** Features of nginx-tests that concern HTTP over plain TCP alone, and that need no program but nginx. */
const OF_HTTP: ReadonlySet<string> = new Set([
  'access',
  'addition',
  'auth_basic',
  'auth_request',
  'autoindex',
  'browser',
  'cache',
  'charset',
  'empty_gif',
  'geo',
  'gunzip',
  'gzip',
  'gzip_static',
  'headers',
  'http',
  'limit_conn',
  'limit_req',
  'map',
  'mirror',
  'proxy',
  'random_index',
  'realip',
  'referer',
  'rewrite',
  'secure_link',
  'slice',
  'split_clients',
  'ssi',
  'stub_status',
  'sub',
  'symlink',
  'upstream_hash',
  'upstream_ip_hash',
  'upstream_keepalive',
  'upstream_least_conn',
  'upstream_random',
  'upstream_zone',
  'userid',
])

/** A file of nginx-tests. */
export interface TestFile {
  readonly name: string
  /** What it needs beyond plain HTTP; where that is nothing it is run. */
  readonly needs: readonly string[]
}

/** Reads what a test file says that it needs (`->has(…)`, `->has_daemon(…)`). */
export function readTestFile(suite: string, name: string): TestFile {
  const text = readFileSync(path.join(suite, name), 'latin1')
  const features = [...text.matchAll(/->has\(([^)]*)\)/g)].flatMap(([, list = '']) => wordsOf(list))
  const programs = [...text.matchAll(/->has_daemon\(([^)]*)\)/g)].flatMap(([, list = '']) => wordsOf(list))
  const others = features.filter((feature) => !OF_HTTP.has(feature))
  const isHttp = features.includes('http')
  return { name, needs: [...new Set([...(isHttp ? [] : ['no http']), ...others, ...programs])] }
}

/** The words of `qw/http proxy/`, or of `'http', 'proxy'`. */
function wordsOf(list: string): string[] {
  return list
    .replace(/^\s*qw\s*[/(]/, '')
    .split(/[\s/'",()]+/)
    .filter((word) => word !== '')
}
