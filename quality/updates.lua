-- Telegram updates for wrk: each request another update, from one of many residents. Arguments: kind (media | text), first id.
local kind, number = "media", 0
local questions = {
  "ho ngheo co duoc the bao hiem y te mien phi khong", "chuẩn nghèo năm 2026 là bao nhiêu tiền một tháng",
  "nhà em mất giấy chứng nhận hộ nghèo thì xin lại ở đâu", "nuôi voi trong vườn có được hỗ trợ không",
  "cho tôi hỏi vay vốn sinh viên được bao nhiêu", "me toi 76 tuoi khong luong huu co tro cap khong",
}

function init(arguments)
  kind, number = arguments[1], tonumber(arguments[2])
end

function request()
  number = number + 1
  local words = '"photo":[{"file_id":"file-' .. number .. '","file_unique_id":"u","width":90,"height":90}]'
  if kind == "text" then
    words = '"text":"' .. questions[number % #questions + 1] .. '"'
  end
  local body = '{"update_id":' .. number .. ',"message":{"message_id":' .. number .. ',"date":1795000000,"chat":{"id":'
    .. (100000 + number * 7919 % 200003) .. ',"type":"private","first_name":"Thu"},"from":{"id":1,"is_bot":false,'
    .. '"first_name":"Thu"},' .. words .. '}}'
  return wrk.format("POST", nil, {["Content-Type"] = "application/json", ["X-Telegram-Bot-Api-Secret-Token"] = "bench"}, body)
end

function done(summary, latency, _)
  local errors = summary.errors
  io.write(string.format('{"requests":%d,"seconds":%.4f,"errors":%d,"refused":%d,"p50_ms":%.3f,"p99_ms":%.3f}\n',
    summary.requests, summary.duration / 1e6, errors.connect + errors.read + errors.write + errors.timeout,
    errors.status, latency:percentile(50) / 1e3, latency:percentile(99) / 1e3))
end
