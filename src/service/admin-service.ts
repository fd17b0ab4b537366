import { backup } from "./backup.js";

/** The use cases behind AdminService, by the name of their method. */
export const adminService = { backup } as const;
