import { Block } from '../../syntax/block.ts'
import type { Directive } from '../../syntax/syntax.ts'
import { parseNumber, parseSizeBytes } from '../../syntax/values.ts'
import { lowerCase, wireText } from '../../syntax/wire.ts'
import { compileSettings } from '../compile-settings.ts'
import { refusedHandler } from '../directives/compile-refusals.ts'
import { compileTryFiles } from '../files/compile-try-files.ts'
import { compilePass } from '../locations/compile-pass.ts'
import { NO_LOCATION } from '../locations/in-location.ts'
import { compileLocations } from '../locations/location.ts'
import { type CompileScope, ruleOf } from '../scope.ts'
import type { Settings } from '../settings.ts'
import type { HeaderBuffers, Location, Server, ServerName } from '../site-config.ts'
import { clientCertificate, hasCertificate, rejectsHandshake, tlsProtocol } from './certificates.ts'

/** Compiles a `server` block. @param http the directives of `http { }` around it, which its settings start from */
export function compileServer(directive: Directive, http: Block, outer: Settings, scope: CompileScope): Server {
  const directives = directive.block ?? []
  const block = new Block(directives)
  const settings = compileSettings(block, outer, NO_LOCATION, scope)
  const names = compileNames(block, scope)
  const tryFiles = block.one('try_files')
  const { set, named } = compileLocations(directives, settings, null, scope)
  const rule = {
    text: names.length === 0 ? 'server' : `server ${names.map(({ text }) => text).join(' ')}`,
    span: directive.span,
  }
  const root: Location = {
    rule,
    label: null,
    modifier: '',
    name: '',
    regex: null,
    settings,
    pass: compilePass(block, '', '', null, scope),
    tryFiles: tryFiles === undefined ? null : compileTryFiles(tryFiles, scope),
    limitExcept: null,
    refusedHandler: refusedHandler(block, scope),
    children: set,
  }
  for (const module of scope.modules) module.location?.(root, block, true, scope)
  const flag = (name: string, otherwise: boolean) => block.flag(name, http.flag(name, otherwise))
  return {
    rule,
    name: shownName(names[0]?.text ?? ''),
    names,
    hasCertificate: hasCertificate(directive, http, scope),
    rejectsHandshake: rejectsHandshake(directive, http),
    http2: flag('http2', false),
    tlsProtocol: tlsProtocol(block, http, scope),
    clientCertificate: clientCertificate(block, http, scope),
    root,
    named,
    mergeSlashes: flag('merge_slashes', true),
    underscoresInHeaders: flag('underscores_in_headers', false),
    ignoreInvalidHeaders: flag('ignore_invalid_headers', true),
    headerBuffers: headerBuffers(block, http),
  }
}

/** `server_name` words: names, wildcards, `~` patterns (ngx_http_core_server_name). */
function compileNames(block: Block, scope: CompileScope): ServerName[] {
  const names: ServerName[] = []
  for (const directive of block.all('server_name')) {
    for (const { text, span } of directive.args) {
      if (/^\*(?!\..)|^\.$/s.test(text)) scope.error(span, `server name "${text}" is invalid`)
      else if (text.startsWith('~')) {
        if (text.length === 1) {
          scope.error(span, `empty regex in server name "${text}"`)
          continue
        }
        const regex = scope.regex(text.slice(1), /[A-Z]/.test(text), span)
        if (regex !== null) names.push({ text, regex, span })
      } else if (text.includes('/')) {
        scope.warn(span, `server name "${text}" has suspicious symbols`)
        names.push({ text: lowerCase(wireText(text)), regex: null, span })
      } else {
        names.push({ text: text === '$hostname' ? text : lowerCase(wireText(text)), regex: null, span })
        if (text === '$hostname') scope.refuse('server_name', span, '$hostname depends on the machine')
      }
    }
  }
  return names
}

/** `$server_name` shows the first name without the dot before it. */
function shownName(name: string): string {
  return name.startsWith('.') ? name.slice(1) : name
}

function headerBuffers(block: Block, http: Block): HeaderBuffers {
  const first = block.word('client_header_buffer_size') ?? http.word('client_header_buffer_size')
  const large = block.one('large_client_header_buffers') ?? http.one('large_client_header_buffers')
  return {
    first: first === undefined ? 1024 : (parseSizeBytes(first.text, false) ?? 1024),
    count: parseNumber(large?.args[0]?.text ?? '') ?? 4,
    size: parseSizeBytes(large?.args[1]?.text ?? '', false) ?? 8192,
    rule: large === undefined ? null : ruleOf(large),
  }
}
