import { modelled, SERVER_LOCATION, text } from '../../core/directives/rule.ts'
import { answersAt } from '../../core/locations/own-answer.ts'
import type { Module } from '../../core/module.ts'
import { answerWithStatus, countRequest } from './run.ts'

/** How many connections and requests there are. */
export const STUB_STATUS: Module = {
  module: 'ngx_http_stub_status_module',
  rows: { stub_status: [SERVER_LOCATION, text(0, 1), modelled] },
  pass: answersAt('stub_status'),
  postRead: countRequest,
  content: answerWithStatus,
}
