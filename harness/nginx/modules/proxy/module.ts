import type { Module } from '../../core/module.ts'
import { checkCache, defineCacheZones } from './cache.ts'
import { compileProxySettings, defaultProxySettings } from './compile.ts'
import { proxyPassIn } from './compile-pass.ts'
import { PROXY_TABLE } from './rows.ts'
import { proxyPass } from './run.ts'

/** HTTP to an upstream. */
export const PROXY: Module = {
  ...PROXY_TABLE,
  define: defineCacheZones,
  look: { proxy_cache: checkCache },
  proxy: { defaults: defaultProxySettings, compile: compileProxySettings },
  pass: proxyPassIn,
  content: proxyPass,
}
