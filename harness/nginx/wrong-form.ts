import type { Diagnostic } from '../diagnostics/diagnostic.ts'
import type { Source } from '../diagnostics/source.ts'

/**
 * Errors of a text that is no file of nginx yet, with what to do about it: a template that nobody has filled in, a manifest of
 * Kubernetes, a Compose file. Each form is told where nginx stumbles over it.
 */
export function withFormHints(diagnostics: readonly Diagnostic[], source: Source): readonly Diagnostic[] {
  if (!diagnostics.some(({ severity }) => severity === 'error')) return diagnostics
  const form = formOf(source.content)
  if (form !== null) return diagnostics.slice(0, 1).map((first) => ({ ...first, hint: form }))
  return diagnostics.map((diagnostic) => {
    const hint = diagnostic.severity === 'error' ? placeHint(diagnostic) : null
    return hint === null ? diagnostic : { ...diagnostic, hint }
  })
}

/** What the text as a whole is; null where it may be nginx's. */
function formOf(text: string): string | null {
  if (/^apiVersion:\s/m.test(text) && /^kind:\s/m.test(text))
    return 'This is a manifest of Kubernetes. Name the ConfigMap that holds the file: site: {configMap: FILE, key: default.conf}.'
  if (/^services:\s*$/m.test(text) && /^\s+(?:image|build):/m.test(text))
    return 'This is a Compose file. Name the file of nginx that it mounts.'
  return null
}

/** What the line at fault has that nginx does not know. */
function placeHint({ source, span, message }: Diagnostic): string | null {
  const line = source?.lineText(span.line) ?? ''
  if (/\{\{|\{%/.test(line))
    return 'This is a template of Helm, Jinja or the like. Render it first, and name what comes out: helm template, envsubst.'
  const [, name] = /\$\{?([A-Z][A-Z0-9_]*)/.exec(line) ?? []
  if (name !== undefined && isAbout(message, name))
    return `A template has \${${name}} for a value. Give it: host: {env: {${name}: …}}, or env: in host.yaml, as to the official image.`
  if (message === 'unknown directive "http2"')
    return 'nginx has this directive from 1.25.1 on. Before, the parameter does it: listen 443 ssl http2.'
  const [, upstream = ''] = /^host not found in upstream "([^"]*)"/.exec(message) ?? []
  if (upstream.includes('_'))
    return `Kubernetes has no Service with "_" in its name: "${upstream}" is one of Docker Compose. Write the Service's address, or its name with "-".`
  return null
}

/** Whether nginx stumbles over the name itself, which it reads as a variable of its own, or over a text that holds it. */
function isAbout(message: string, name: string): boolean {
  return message.toUpperCase().includes(name) || /^(?:unexpected|invalid|unknown directive)/.test(message)
}
