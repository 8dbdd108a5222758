import {
  accepted,
  FLAG,
  HTTP_SERVER_LOCATION,
  LOCATION,
  modelled,
  NONE,
  only,
  SIZE,
} from '../../core/directives/rule.ts'
import { answersAt } from '../../core/locations/own-answer.ts'
import type { Module } from '../../core/module.ts'
import { answerFromVideo } from './run.ts'

/** MP4 videos, of which a client may ask for a part by time: that is refused. */
export const MP4: Module = {
  module: 'ngx_http_mp4_module',
  rows: {
    mp4: [LOCATION, NONE, modelled],
    mp4_buffer_size: [HTTP_SERVER_LOCATION, SIZE, accepted(only('mp4'))],
    mp4_max_buffer_size: [HTTP_SERVER_LOCATION, SIZE, accepted(only('mp4'))],
    mp4_start_key_frame: [HTTP_SERVER_LOCATION, FLAG, accepted(only('mp4'))],
  },
  pass: answersAt('mp4'),
  content: answerFromVideo,
}
