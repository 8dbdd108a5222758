import {
  accepted,
  block,
  FLAG,
  LOGS,
  modelled,
  NONE,
  ONE_OR_TWO,
  REWRITE,
  SERVER_LOCATION,
  TWO,
  text,
} from '../../core/directives/rule.ts'
import type { Module } from '../../core/module.ts'
import { keepRewrites } from './compile.ts'
import { rewrites } from './instruction.ts'
import { runRewrites } from './run.ts'

/** Another URI, a redirect, a variable: what runs before and behind the choice of a location. */
export const REWRITES: Module = {
  module: 'ngx_http_rewrite_module',
  rows: {
    rewrite: [REWRITE, text(2, 3), modelled],
    return: [REWRITE, ONE_OR_TWO, modelled],
    break: [REWRITE, NONE, modelled],
    if: [SERVER_LOCATION, block(1, Number.POSITIVE_INFINITY), modelled],
    set: [REWRITE, TWO, modelled],
    rewrite_log: [['http', 'server', 'location', 'if in server', 'if in location'], FLAG, accepted(LOGS)],
    uninitialized_variable_warn: [
      ['http', 'server', 'location', 'if in server', 'if in location'],
      FLAG,
      accepted(LOGS),
    ],
  },
  location: keepRewrites,
  serverRewrite: (state) => runRewrites(state, rewrites.of(state.server.root)),
  rewrite: (state) => runRewrites(state, rewrites.of(state.location)),
}
