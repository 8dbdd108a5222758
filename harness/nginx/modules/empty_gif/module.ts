import { LOCATION, modelled, NONE } from '../../core/directives/rule.ts'
import { answersAt } from '../../core/locations/own-answer.ts'
import type { Module } from '../../core/module.ts'
import { answerWithGif } from './run.ts'

/** A picture of one transparent pixel. */
export const EMPTY_GIF: Module = {
  module: 'ngx_http_empty_gif_module',
  rows: { empty_gif: [LOCATION, NONE, modelled] },
  pass: answersAt('empty_gif'),
  content: answerWithGif,
}
