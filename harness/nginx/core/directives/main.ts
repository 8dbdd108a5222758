import {
  accepted,
  block,
  type Context,
  EVENTS,
  FLAG,
  LOGS,
  MAIN,
  type ModuleTable,
  modelled,
  NUMBER,
  OFFSET,
  ONE,
  ONE_ONCE,
  ONE_OR_MORE,
  oneOf,
  TIME,
  text,
} from './rule.ts'

const PROCESSES = "is about nginx's processes and connections, not about requests"

const OTHER_PROTOCOLS = 'is about other protocols than HTTP; what stands in it is not looked at'

const ANYWHERE: readonly Context[] = [
  'http',
  'server',
  'location',
  'upstream',
  'if in server',
  'if in location',
  'limit_except',
  'main',
  'events',
]

/** What stands outside `http { }` in a whole nginx.conf, and `include`, which stands anywhere. */
export const MAIN_MODULES: readonly ModuleTable[] = [
  {
    module: 'ngx_core_module',
    rows: {
      daemon: [MAIN, FLAG, accepted(PROCESSES)],
      master_process: [MAIN, FLAG, accepted(PROCESSES)],
      timer_resolution: [MAIN, TIME, accepted(PROCESSES)],
      pid: [MAIN, ONE_ONCE, accepted(PROCESSES)],
      lock_file: [MAIN, ONE_ONCE, accepted(PROCESSES)],
      worker_processes: [MAIN, ONE_ONCE, accepted(PROCESSES)],
      debug_points: [MAIN, oneOf('stop', 'abort'), accepted(PROCESSES)],
      user: [MAIN, text(1, 2, 'once'), accepted(PROCESSES)],
      worker_priority: [MAIN, ONE_ONCE, accepted(PROCESSES)],
      worker_cpu_affinity: [MAIN, text(1, Number.POSITIVE_INFINITY, 'once'), accepted(PROCESSES)],
      worker_rlimit_nofile: [MAIN, NUMBER, accepted(PROCESSES)],
      worker_rlimit_core: [MAIN, OFFSET, accepted(PROCESSES)],
      worker_shutdown_timeout: [MAIN, TIME, accepted(PROCESSES)],
      working_directory: [MAIN, ONE_ONCE, accepted(PROCESSES)],
      env: [MAIN, ONE, accepted(PROCESSES)],
      load_module: [MAIN, ONE, accepted(PROCESSES)],
      error_log: [MAIN, ONE_OR_MORE, accepted(LOGS)],
      include: [ANYWHERE, ONE, modelled],
      ssl_engine: [MAIN, ONE_ONCE, accepted(PROCESSES)],
      pcre_jit: [MAIN, FLAG, accepted(PROCESSES)],
      events: [MAIN, block(0, 0), modelled],
      worker_connections: [EVENTS, ONE_ONCE, accepted(PROCESSES)],
      use: [EVENTS, ONE_ONCE, accepted(PROCESSES)],
      multi_accept: [EVENTS, FLAG, accepted(PROCESSES)],
      accept_mutex: [EVENTS, FLAG, accepted(PROCESSES)],
      accept_mutex_delay: [EVENTS, TIME, accepted(PROCESSES)],
      debug_connection: [EVENTS, ONE, accepted(PROCESSES)],
      epoll_events: [EVENTS, NUMBER, accepted(PROCESSES)],
      worker_aio_requests: [EVENTS, NUMBER, accepted(PROCESSES)],
      thread_pool: [MAIN, text(2, 3), accepted(PROCESSES)],
      http: [MAIN, block(0, 0), modelled],
      stream: [MAIN, block(0, 0), accepted(OTHER_PROTOCOLS)],
      mail: [MAIN, block(0, 0), accepted(OTHER_PROTOCOLS)],
    },
  },
]
