import type { Diagnostic } from '../diagnostics/diagnostic.ts'
import { compileSettings, rootSettings } from './core/compile-settings.ts'
import { decide } from './core/decide.ts'
import { defaultSizes, hashProblem, hashSizes } from './core/directives/check-hashes.ts'
import { NO_LOCATION } from './core/locations/in-location.ts'
import { CompileScope } from './core/scope.ts'
import { compileListen } from './core/servers/listen.ts'
import { Listeners } from './core/servers/listeners.ts'
import { speaksHttp2, takesHandshake } from './core/servers/match-server.ts'
import { otherListeners, refuseOtherListener } from './core/servers/other-listeners.ts'
import type { Listen } from './core/servers/place.ts'
import { compileServer } from './core/servers/server.ts'
import { checkNamesAtLoad } from './core/upstreams/names-at-load.ts'
import { useVariables } from './core/variables/use-variables.ts'
import { DIRECTIVES, MODULES, PHASES } from './modules.ts'
import { findPins } from './pins.ts'
import type { NameServerAddress, RefusedDirective, Site, SiteWorld } from './site.ts'
import { Block } from './syntax/block.ts'
import type { Directive, SiteFile } from './syntax/syntax.ts'
import { withFormHints } from './wrong-form.ts'

/** A compiled site file. `site` is null where nginx would not start with it: then `diagnostics` holds an error. */
export interface CompiledSite {
  readonly site: Site | null
  readonly diagnostics: readonly Diagnostic[]
  /** What the model does not know well enough. Its answers count only where this is empty. */
  readonly refused: readonly RefusedDirective[]
}

/**
 * Compiles a site file that {@link loadSiteFile} has read: what its words mean together, in nginx's own order and with its
 * complaints. Around it stands an `http { }` that says nothing: nginx's defaults count.
 */
export function compileSite(file: SiteFile, world: SiteWorld): CompiledSite {
  const scope = new CompileScope(file, world, MODULES, DIRECTIVES)
  scope.serverNames = hashSizes('server_names_hash', file.directives, defaultSizes(512))
  const http = new Block(file.directives)
  for (const module of MODULES) module.define?.(http, scope)
  useVariables(file.directives, scope)

  const settings = compileSettings(http, rootSettings(scope), NO_LOCATION, scope)
  const servers = http.all('server').map((directive) => ({
    server: compileServer(directive, http, settings, scope),
    listens: compileListens(directive, scope),
  }))
  const listeners = new Listeners(servers, scope)
  checkNamesAtLoad(file.directives, scope)
  scope.checkVariables()
  checkVariableNames(http, scope)

  const { variables, upstreams, diagnostics, refused, rules } = scope
  if (diagnostics.some(({ severity }) => severity === 'error'))
    return { site: null, diagnostics: withFormHints(diagnostics, file.source), refused }
  const dateMs = (): number => world.dateMs?.() ?? Date.now()
  const context = {
    rules,
    variables,
    upstreams,
    nowS: () => FIRST_S + Math.floor((world.nowMs?.() ?? 0) / 1000),
    nowMs: () => world.nowMs?.() ?? 0,
    keepsTime: world.nowMs !== undefined,
    dateMs,
    dateS: () => Math.floor(dateMs() / 1000),
    query: (server: NameServerAddress, name: string) => world.query?.(server, name) ?? null,
    file: world.file === undefined ? null : (path: string) => world.file?.(path) ?? null,
  }
  const others = otherListeners(file)
  const site: Site = {
    accepted: [],
    pins: findPins(file),
    listens: listeners.places,
    takes: (address, port) => listeners.at(address, port) !== null || others.has(port),
    takesTls: (address, port, serverName) => {
      const servers = listeners.at(address, port)
      return servers?.tls === true && takesHandshake(servers, serverName?.toLowerCase() ?? '')
    },
    takesProxyHeader: (address, port) => listeners.at(address, port)?.proxyProtocol === true,
    takesHttp2: (address, port, serverName) => {
      const servers = listeners.at(address, port)
      return servers !== null && speaksHttp2(servers, serverName?.toLowerCase() ?? '')
    },
    decide: (request) => {
      const { address, port } = request.server
      const other = others.get(port)
      if (other !== undefined && listeners.at(address, port) === null) refuseOtherListener(other, port)
      return decide(request, listeners, context, PHASES)
    },
  }
  return { site, diagnostics, refused }
}

/** nginx keeps the variables that a site file defines in a table, which must have room for their names. */
function checkVariableNames({ directives }: Block, scope: CompileScope): void {
  const sizes = hashSizes('variables_hash', directives, defaultSizes(1024))
  const problem = hashProblem('variables_hash', sizes, scope.variables.defined())
  if (problem !== null) scope.error(problem.span, problem.message, problem.hint)
}

/** Clocks that count from zero must not look like the time before the first failure. */
const FIRST_S = 1_000_000

/** A server without `listen` takes port 80. */
function compileListens(directive: Directive, scope: CompileScope): Listen[] {
  const listens = new Block(directive.block ?? []).all('listen')
  if (listens.length === 0)
    return [
      {
        address: null,
        port: 80,
        isDefault: false,
        tls: false,
        http2: false,
        proxyProtocol: false,
        takesIPv4: false,
        setsOptions: false,
        span: directive.span,
      },
    ]
  return listens.flatMap((listen) => compileListen(listen, scope))
}
