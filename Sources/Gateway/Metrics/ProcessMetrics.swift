import AWS
import Glibc

/// What the kernel knows of this process. Names follow Prometheus's client libraries. Source: proc(5).
struct ProcessMetrics: Sendable {
    var cpuSeconds: Double?
    var residentBytes: Double?
    var virtualBytes: Double?
    var openDescriptors: Double?
    var maximumDescriptors: Double?
    /// Unix seconds.
    var startTime: Double?

    static func now() -> ProcessMetrics {
        var metrics = ProcessMetrics()
        // In nanoseconds, where /proc has ticks of 10 ms.
        var processorTime = timespec()
        if clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &processorTime) == 0 {
            metrics.cpuSeconds = Double(processorTime.tv_sec) + Double(processorTime.tv_nsec) / 1e9
        }
        if let stat = contents(of: "/proc/self/stat"), let fields = fields(of: stat) {
            let ticks = Double(sysconf(Int32(_SC_CLK_TCK)))
            metrics.virtualBytes = fields[20]
            metrics.residentBytes = fields[21] * Double(sysconf(Int32(_SC_PAGESIZE)))
            metrics.startTime = bootTime.map { $0 + fields[19] / ticks }
        }
        metrics.openDescriptors = openDescriptorCount().map(Double.init)
        var limit = rlimit()
        if getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 {
            metrics.maximumDescriptors = Double(limit.rlim_cur)
        }
        return metrics
    }

    /// The numbers from the third field on, after the program's name in parentheses; index 11 is `utime`.
    static func fields(of stat: String) -> [Double]? {
        guard let end = stat.lastIndex(of: ")") else { return nil }
        let fields = stat[stat.index(after: end)...].split(separator: " ").map { Double($0) ?? 0 }
        return fields.count > 21 ? fields : nil
    }

    private static let bootTime: Double? = contents(of: "/proc/stat")?
        .split(separator: "\n")
        .first { $0.hasPrefix("btime ") }
        .flatMap { Double($0.dropFirst(6)) }

    /// Linux 6.2 gives the count as the folder's size; before, the entries are counted.
    private static func openDescriptorCount() -> Int? {
        var information = stat()
        guard stat("/proc/self/fd", &information) == 0 else { return nil }
        if information.st_size > 0 { return Int(information.st_size) }
        guard let folder = opendir("/proc/self/fd") else { return nil }
        defer { closedir(folder) }
        var count = 0
        while readdir(folder) != nil { count += 1 }
        // The two dots, and the folder that is being read.
        return max(0, count - 3)
    }

    private static func contents(of path: String) -> String? {
        guard case .bytes(let bytes) = LocalFile.read(path) else { return nil }
        return String(decoding: bytes, as: UTF8.self)
    }
}
