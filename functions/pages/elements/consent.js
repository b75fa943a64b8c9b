// All elements. The function serves the modules as one; editors and `tsc` read them here.

export * from "./api.js";
export * from "./element.js";
export * from "./format.js";
export * from "./history.js";
export * from "./notifications.js";
export * from "./portal.js";
export * from "./profile.js";
export * from "./report.js";
export * from "./reviews.js";
export * from "./texts.js";
export * from "./thread.js";
