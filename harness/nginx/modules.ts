import { CORE_MODULES } from './core/directives/core.ts'
import { MAIN_MODULES } from './core/directives/main.ts'
import { DirectiveTable } from './core/directives/table.ts'
import { type Module, phasesOf } from './core/module.ts'
import { GZIP_CLIENTS } from './core/response/takes-gzip.ts'
import { ACCESS } from './modules/access/module.ts'
import { AUTH_BASIC } from './modules/auth_basic/module.ts'
import { AUTH_REQUEST } from './modules/auth_request/module.ts'
import { AUTOINDEX } from './modules/autoindex/module.ts'
import { BROWSER } from './modules/browser/module.ts'
import { CHARSET } from './modules/charset/module.ts'
import { EMPTY_GIF } from './modules/empty_gif/module.ts'
import { FASTCGI } from './modules/fastcgi/module.ts'
import { FLV } from './modules/flv/module.ts'
import { GEO } from './modules/geo/module.ts'
import { GRPC } from './modules/grpc/module.ts'
import { GUNZIP } from './modules/gunzip/module.ts'
import { GZIP } from './modules/gzip/module.ts'
import { GZIP_STATIC } from './modules/gzip_static/module.ts'
import { HEADERS } from './modules/headers/module.ts'
import { INDEX } from './modules/index/module.ts'
import { LIMIT_CONN } from './modules/limit_conn/module.ts'
import { LIMIT_REQ } from './modules/limit_req/module.ts'
import { LOG } from './modules/log/module.ts'
import { MAP } from './modules/map/module.ts'
import { MEMCACHED } from './modules/memcached/module.ts'
import { MIRROR } from './modules/mirror/module.ts'
import { MP4 } from './modules/mp4/module.ts'
import { PROXY } from './modules/proxy/module.ts'
import { REALIP } from './modules/realip/module.ts'
import { REFERER } from './modules/referer/module.ts'
import { REWRITES } from './modules/rewrite/module.ts'
import { CONTENT_MODULES } from './modules/rows-only/content.ts'
import { DYNAMIC_MODULES } from './modules/rows-only/dynamic.ts'
import { FILTERS_MODULES } from './modules/rows-only/filters.ts'
import { TLS_MODULES } from './modules/rows-only/tls.ts'
import { SCGI } from './modules/scgi/module.ts'
import { SECURE_LINK } from './modules/secure_link/module.ts'
import { SLICE } from './modules/slice/module.ts'
import { SPLIT_CLIENTS } from './modules/split_clients/module.ts'
import { SSI } from './modules/ssi/module.ts'
import { STATIC } from './modules/static/module.ts'
import { STUB_STATUS } from './modules/stub_status/module.ts'
import { SUB } from './modules/sub/module.ts'
import { UPSTREAMS } from './modules/upstream/module.ts'
import { UWSGI } from './modules/uwsgi/module.ts'

/**
 * The modules of nginx 1.22, in the order in which they compile a block and handle a request: in each phase the first that has
 * something to say decides, and filters run from top to bottom. Modules of mail and stream stay out: no site file holds them.
 */
export const MODULES: readonly Module[] = [
  ...CORE_MODULES,
  GZIP_CLIENTS,
  REWRITES,
  PROXY,
  FASTCGI,
  UWSGI,
  SCGI,
  GRPC,
  MEMCACHED,
  UPSTREAMS,
  MAP,
  GEO,
  SPLIT_CLIENTS,
  REFERER,
  BROWSER,
  SECURE_LINK,
  REALIP,
  LIMIT_CONN,
  LIMIT_REQ,
  ACCESS,
  AUTH_BASIC,
  AUTH_REQUEST,
  MIRROR,
  STUB_STATUS,
  EMPTY_GIF,
  FLV,
  MP4,
  INDEX,
  AUTOINDEX,
  GZIP_STATIC,
  STATIC,
  ...CONTENT_MODULES,
  SLICE,
  HEADERS,
  GUNZIP,
  SUB,
  CHARSET,
  SSI,
  GZIP,
  ...FILTERS_MODULES,
  LOG,
  ...TLS_MODULES,
  ...DYNAMIC_MODULES,
  ...MAIN_MODULES,
]

export const DIRECTIVES = new DirectiveTable(MODULES)

export const PHASES = phasesOf(MODULES)
