# What people do with ruby-gitlab, against a coordinator. Fails at the first answer that is not GitLab's.

require 'gitlab'

GL = Gitlab.client(endpoint: "#{ENV.fetch('CI_SERVER_URL')}/api/v4", private_token: ENV.fetch('TOKEN'))
PROJECT = ENV.fetch('PROJECT')

def check(what)
  raise "not so: #{what}" unless yield
end

def wait_until(what, seconds = 20)
  deadline = Process.clock_gettime(Process::CLOCK_MONOTONIC) + seconds
  until (answer = yield)
    raise "waited #{seconds} s in vain: #{what}" if Process.clock_gettime(Process::CLOCK_MONOTONIC) > deadline

    sleep 0.05
  end
  answer
end

def refused(kind)
  yield
  raise "no #{kind}"
rescue kind
  nil
end

def log_of(id)
  GL.job_trace(PROJECT, id).to_s
end

def job_named(pipeline, name)
  GL.pipeline_jobs(PROJECT, pipeline.id).find { |job| job.name == name }
end

def wait_for_job(id, status)
  wait_until("job #{id} is #{status}") { GL.job(PROJECT, id).status == status }
end

# Who and what
check('the user') { GL.user.username == 'root' }
check('the version') { GL.version.version =~ /^\d/ }
project = GL.project(PROJECT)
check('the path') { GL.project(project.id).path_with_namespace == PROJECT }
check('the search') { GL.projects(search: project.path).map(&:id).include?(project.id) }
check('the namespaces') { GL.namespaces.map(&:full_path).include?('root') }
refused(Gitlab::Error::NotFound) { GL.project('root/none') }
other = GL.create_project('Made by Ruby', description: 'new')
check('a change') { GL.edit_project(other.id, description: 'changed').description == 'changed' }
check('the archive') { GL.archive_project(other.id).archived && !GL.unarchive_project(other.id).archived }
GL.delete_project(other.id)

# Files
check('a branch') { GL.branch(PROJECT, 'main').protected }
check('branches') { GL.branches(PROJECT).map(&:name) == ['main'] }
check('tags') { GL.tags(PROJECT).empty? }
check('the tree') { GL.tree(PROJECT).map(&:path) == ['.gitlab-ci.yml', 'README.md'] }
check('a file') { GL.file_contents(PROJECT, 'README.md', 'main') == "hello\n" }
check('a file in base64') { GL.get_file(PROJECT, 'README.md', 'main').content.unpack1('m') == "hello\n" }
commit = GL.commits(PROJECT).first
check('a commit') { GL.commit(PROJECT, commit.id).title == 'Change' }
check('its changes') { GL.commit_diff(PROJECT, commit.id).map(&:new_path).include?('README.md') }
check('its branches') { GL.commit_refs(PROJECT, commit.id).map(&:name) == ['main'] }
check('a comparison') { GL.compare(PROJECT, 'main', 'main').commits.empty? }
check('the files as an archive') { GL.repo_archive(PROJECT, 'main').to_hash[:data].read(2).bytes == [0x1f, 0x8b] }

# Variables
GL.create_variable(PROJECT, 'WHERE', 'eu-west-1', masked: true)
check('a variable') { GL.variable(PROJECT, 'WHERE').masked }
check('another value') { GL.update_variable(PROJECT, 'WHERE', 'us-east-1').value == 'us-east-1' }
check('variables') { GL.variables(PROJECT).map(&:key) == ['WHERE'] }
GL.remove_variable(PROJECT, 'WHERE')
refused(Gitlab::Error::NotFound) { GL.variable(PROJECT, 'WHERE') }

# A pipeline and its cancel
slow = GL.create_pipeline(PROJECT, 'main', SLOW: 'yes')
job = job_named(slow, 'slow')
wait_until('the script has begun') { log_of(job.id).include?('begun') }
check('what runs') { GL.jobs(PROJECT, scope: %w[running]).map(&:id) == [job.id] }
check('running pipelines') { GL.pipelines(PROJECT, ref: 'main', status: 'running').map(&:id) == [slow.id] }
GL.cancel_pipeline(PROJECT, slow.id)
wait_until('it is canceled') { GL.pipeline(PROJECT, slow.id).status == 'canceled' }
check('the cleanup') { log_of(job.id).include?('cleaned after canceled') }
GL.retry_pipeline(PROJECT, slow.id)
again = wait_until('a new job') { job_named(slow, 'slow') }
check('another one') { again.id != job.id }
GL.job_cancel(PROJECT, again.id)
wait_for_job(again.id, 'canceled')
wait_until('it is canceled again') { GL.pipeline(PROJECT, slow.id).status == 'canceled' }
GL.delete_pipeline(PROJECT, slow.id)
refused(Gitlab::Error::NotFound) { GL.pipeline(PROJECT, slow.id) }
refused(Gitlab::Error::BadRequest) { GL.create_pipeline(PROJECT, 'none') }

# A job from its log to its files
pipeline = GL.create_pipeline(PROJECT, 'main')
make = job_named(pipeline, 'make').id
wait_for_job(make, 'success')
check('its log') { log_of(make).include?('made by make') }
check('its bridges') { GL.pipeline_bridges(PROJECT, pipeline.id).empty? }
# This client takes a file without a byte beyond ASCII for an error, from whatever server.
check('a file of its artifacts') do
  GL.download_job_artifact_file(PROJECT, make, 'out/b.bin').to_hash[:data].read.bytes == [255, 0]
end
wait_until('the pipeline is done') { GL.pipeline(PROJECT, pipeline.id).status == 'success' }
check('artifacts by branch') { GL.job_artifacts_download(PROJECT, 'main', 'make').to_hash[:data].read(2) == 'PK' }
check('a file by branch') do
  GL.download_branch_artifact_file(PROJECT, 'main', 'out/b.bin', 'make').to_hash[:data].read.bytes == [255, 0]
end
check('kept artifacts') { GL.job_artifacts_keep(PROJECT, make).artifacts_expire_at.nil? }
ship = job_named(pipeline, 'ship')
check('a manual job') { ship.status == 'manual' }
GL.job_play(PROJECT, ship.id)
wait_for_job(ship.id, 'success')
GL.job_retry(PROJECT, ship.id)
check('an erased job') { !GL.job_erase(PROJECT, ship.id).erased_at.nil? }
GL.job_artifacts_delete(PROJECT, make)
refused(Gitlab::Error::NotFound) { GL.download_job_artifact_file(PROJECT, make, 'out/b.bin') }

# Runners
local = GL.job(PROJECT, make).runner.id
check('a runner') { GL.runner(local).status == 'online' }
check('all runners') { GL.all_runners.map(&:id).include?(local) }
check('what it ran') { GL.runner_jobs(local).map(&:id).include?(make) }
check('runners of the project') { GL.project_runners(PROJECT).map(&:id).include?(local) }
check('a change of it') { GL.update_runner(local, description: 'of Ruby').description == 'of Ruby' }

# Triggers
trigger = GL.create_trigger(PROJECT, 'of Ruby')
check('triggers') { GL.triggers(PROJECT).map(&:id) == [trigger.id] }
check('a trigger') { GL.trigger(PROJECT, trigger.id).description == 'of Ruby' }
fired = GL.run_trigger(PROJECT, trigger.token, 'main', SLOW: 'yes')
check('its pipeline') { fired.ref == 'main' }
GL.cancel_pipeline(PROJECT, fired.id)
wait_until('it is canceled') { GL.pipeline(PROJECT, fired.id).status == 'canceled' }
GL.remove_trigger(PROJECT, trigger.id)

# Members, protected branches
someone = GL.create_user('ruby@example.org', 'rather-long-9', 'rubyist', name: 'Ruby').id
check('users') { GL.users(username: 'rubyist').map(&:id) == [someone] }
GL.add_team_member(PROJECT, someone, 30)
check('a member') { GL.team_member(PROJECT, someone).access_level == 30 }
check('members') { GL.all_members(PROJECT).map(&:id).include?(someone) }
GL.edit_team_member(PROJECT, someone, 40)
GL.remove_team_member(PROJECT, someone)
refused(Gitlab::Error::NotFound) { GL.team_member(PROJECT, someone) }
check('protected branches') { GL.protected_branches(PROJECT).map(&:name) == ['main'] }
GL.protect_repository_tag(PROJECT, 'v*')
check('protected tags') { GL.protected_tags(PROJECT).map(&:name) == ['v*'] }
puts 'all done'
