export { checkToolchain, type ToolCheck } from './check-toolchain.ts';
