// `pnpm bench` builds first; what runs is the built program.
import "./dist/main.js";
