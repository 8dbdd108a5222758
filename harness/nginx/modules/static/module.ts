import type { Module } from '../../core/module.ts'
import { answerFromFiles } from './run.ts'

/** Files, where no other module answers. */
export const STATIC: Module = { module: 'ngx_http_static_module', rows: {}, content: answerFromFiles }
