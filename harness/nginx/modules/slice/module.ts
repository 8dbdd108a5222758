import { HTTP_SERVER_LOCATION, modelled, SIZE } from '../../core/directives/rule.ts'
import type { Module } from '../../core/module.ts'
import { sliceSettings } from './compile.ts'
import { sliceRange, takeSlice } from './run.ts'

/** Asks the upstream for one range of an answer after the other. */
export const SLICE: Module = {
  module: 'ngx_http_slice_module',
  rows: { slice: [HTTP_SERVER_LOCATION, SIZE, modelled] },
  settings: sliceSettings,
  variablesReadAgain: { slice_range: sliceRange },
  answer: takeSlice,
}
