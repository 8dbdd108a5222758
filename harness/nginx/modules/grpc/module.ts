import { HTTP_SERVER_LOCATION, modelled, ONE_ONCE, PASS, TWO } from '../../core/directives/rule.ts'
import type { Module } from '../../core/module.ts'
import { connectionRows, headerRows, tlsRows } from '../../core/upstreams/upstream-rows.ts'
import { grpc } from './compile.ts'
import { grpcPassIn } from './compile-pass.ts'
import { internalTrailers, passToGrpc } from './run.ts'

/** gRPC to an upstream: HTTP/2, and headers behind the body. */
export const GRPC: Module = {
  module: 'ngx_http_grpc_module',
  rows: {
    grpc_pass: [PASS, ONE_ONCE, modelled],
    grpc_set_header: [HTTP_SERVER_LOCATION, TWO, modelled],
    ...connectionRows('grpc'),
    ...headerRows('grpc'),
    ...tlsRows('grpc'),
  },
  settings: grpc,
  pass: grpcPassIn,
  content: passToGrpc,
  variablesReadAgain: { grpc_internal_trailers: internalTrailers },
}
