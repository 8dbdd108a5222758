import { LOCATION, modelled, NONE } from '../../core/directives/rule.ts'
import { answersAt } from '../../core/locations/own-answer.ts'
import type { Module } from '../../core/module.ts'
import { answerFromVideo } from './run.ts'

/** Flash videos, which a client may ask for from a place on: that is refused. */
export const FLV: Module = {
  module: 'ngx_http_flv_module',
  rows: { flv: [LOCATION, NONE, modelled] },
  pass: answersAt('flv'),
  content: answerFromVideo,
}
