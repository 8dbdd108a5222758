import type { Written } from '../diagnostics/source.ts'

/** How a stub misbehaves: `status` answers it at once; `delay` waits first; `reset` closes; `drop` never answers. */
export type FaultKind =
  | { readonly kind: 'status'; readonly status: number }
  | { readonly kind: 'delay'; readonly delayMs: number }
  | { readonly kind: 'reset' }
  | { readonly kind: 'drop' }

/** A fault of one Service. `nth` (from 1, counted from the moment it is set) strikes that request alone; null strikes every one. */
export interface Fault {
  readonly service: string
  readonly fault: FaultKind
  readonly nth: number | null
}

/** The files of the gateway's ConfigMap that an `edit` step may change. */
export type GatewayFile = 'routes.yaml' | 'middleware.yaml' | 'auth.yaml'

/** A data key of the gateway's ConfigMap, `site`, or another file of nginx by its path in the chain's folder. */
export type EditableFile = string

/** A step that changes the world instead of sending a request. */
export type WorldChange =
  | { readonly kind: 'recreate'; readonly service: string; readonly clusterIP: string | null }
  | { readonly kind: 'delete'; readonly service: string }
  | { readonly kind: 'stop'; readonly service: string }
  | { readonly kind: 'start'; readonly service: string }
  | { readonly kind: 'scale'; readonly service: string; readonly replicas: number }
  | { readonly kind: 'fault'; readonly fault: Fault }
  | { readonly kind: 'edit'; readonly file: EditableFile; readonly edit: Edit }
  | { readonly kind: 'restart' }
  | { readonly kind: 'reload' }
  | { readonly kind: 'repin' }

/**
 * New content for a file: whole, or one text replaced by another that must occur in it. `written` is where a scenario file has
 * the new text.
 */
export type Edit =
  | { readonly kind: 'whole'; readonly text: string; readonly written?: Written }
  | { readonly kind: 'replace'; readonly find: string; readonly with: string; readonly written?: Written }

/** Whether it is a data key of ConfigMap `gateway-config`, and no file of nginx. */
export function isGatewayFile(file: EditableFile): file is GatewayFile {
  return file === 'routes.yaml' || file === 'middleware.yaml' || file === 'auth.yaml'
}
