import type { Agent, ClientRequest, IncomingMessage } from 'node:http'
import { createRequire } from 'node:module'
import util from 'node:util'
import type { Context, Middleware } from 'koa'

/** What `koa-proxies` takes and hands on to http-proxy, of which its own types tell only a part. */
export interface ProxyOptions {
  /** A URL, or what http-proxy makes of one for every request. */
  readonly target: string | { readonly protocol: 'http:'; readonly hostname: string; readonly port: number }
  readonly agent: Agent
  readonly rewrite?: (target: string) => string
  /** Take the request target as it is instead of parsing and printing it again. */
  readonly toProxy?: boolean
  /** Send no path: `events.proxyReq` sets it. */
  readonly ignorePath?: boolean
  /** What is piped to the backend in place of the request. */
  readonly buffer?: { pipe(sent: ClientRequest): void }
  /** Leave the response to `events.proxyRes`. */
  readonly selfHandleResponse?: boolean
  readonly events?: {
    readonly proxyReq: (sent: ClientRequest, request: IncomingMessage) => void
    readonly proxyRes: (answer: IncomingMessage, request: IncomingMessage) => void
    readonly error: (error: Error, request: IncomingMessage) => void
  }
}

type OptionsOf = (captures: unknown, ctx: Context) => ProxyOptions | false

/** What `koa-proxies` exports, and the http-proxy server that it keeps for itself. */
interface Module {
  (path: string | RegExp, options: ProxyOptions | OptionsOf): Middleware
  readonly proxy: { webPasses: { readonly name: string }[] }
}

const require = createRequire(import.meta.url)

/**
 * `koa-proxies`, loaded so that two faults of its http-proxy do no harm.
 *
 * http-proxy takes `util._extend` when it is loaded, and the first call of that prints the deprecation warning DEP0060.
 * It is given `Object.assign`, which Node.js names as the replacement, for as long as it loads.
 */
function load(): Module {
  const original = Object.getOwnPropertyDescriptor(util, '_extend')
  if (original !== undefined) Object.defineProperty(util, '_extend', { ...original, value: Object.assign })
  const loaded: Module = require('koa-proxies')
  if (original !== undefined) Object.defineProperty(util, '_extend', original)
  return loaded
}

export const proxies = load()

/*
 * http-proxy declares the body of every DELETE and OPTIONS without Content-Length empty, and then sends it all the same:
 * a backend would read a chunked body as the next request. How a request is framed is `forwardHeaders`' to say.
 */
proxies.proxy.webPasses = proxies.proxy.webPasses.filter(({ name }) => name !== 'deleteLength')
