import { defineCaches } from '../../core/cache/compile-cache.ts'
import type { Module } from '../../core/module.ts'
import { compileProxySettings, defaultProxySettings } from './compile.ts'
import { proxyPassIn } from './compile-pass.ts'
import { PROXY_TABLE } from './rows.ts'
import { proxyPass } from './run.ts'

/** HTTP to an upstream. */
export const PROXY: Module = {
  ...PROXY_TABLE,
  define: (http, scope) => defineCaches('proxy', http, scope),
  proxy: { defaults: defaultProxySettings, compile: compileProxySettings },
  pass: proxyPassIn,
  content: proxyPass,
}
